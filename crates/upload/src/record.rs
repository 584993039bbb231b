//! The shape of what Slack returns: known fields with their types, and everything else kept.

/// Defines a struct of optional fields that reads any JSON object. A field that is absent, null or not of the expected
/// type is `None` and, if it was there, stays in `rest` as it came. So no surprise in one field can make a reply
/// unreadable, and writing the struct as JSON gives back what was read.
macro_rules! record {
    ($(#[$about:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(from = "serde_json::Map<String, serde_json::Value>")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$kind>,)*
            /// Every other field, and those of the above whose value was not of the expected type.
            #[serde(flatten)]
            pub rest: serde_json::Map<String, serde_json::Value>,
        }

        impl From<serde_json::Map<String, serde_json::Value>> for $name {
            fn from(mut rest: serde_json::Map<String, serde_json::Value>) -> Self {
                $name { $($field: $crate::record::take(&mut rest, stringify!($field)),)* rest }
            }
        }
    };
}
pub(crate) use record;

/// Moves a field out of an object if it can be read as a `T`.
pub(crate) fn take<T: serde::de::DeserializeOwned>(
    object: &mut serde_json::Map<String, serde_json::Value>,
    name: &str,
) -> Option<T> {
    let value = T::deserialize(object.get(name)?).ok()?;
    object.remove(name);
    Some(value)
}
