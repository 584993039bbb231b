//! Who a person says they are, and the addresses of their photo.

use crate::record::record;

record! {
    /// A person's profile as `users.profile.get` and `users.setPhoto` return it.
    ///
    /// Every field is optional, since replies differ by method, scope and age. Serialized, it is the object that Slack
    /// returned.
    pub struct Profile {
        /// Twelve hexadecimal digits that change whenever the photo does. A hash that starts with `g` belongs to a picture
        /// that Slack drew (`g` and the first digits of the e-mail address's MD5).
        pub avatar_hash: String,
        /// Address of the photo at 24 x 24 pixels.
        pub image_24: String,
        /// Address of the photo at 32 x 32 pixels.
        pub image_32: String,
        /// Address of the photo at 48 x 48 pixels.
        pub image_48: String,
        /// Address of the photo at 72 x 72 pixels.
        pub image_72: String,
        /// Address of the photo at 192 x 192 pixels.
        pub image_192: String,
        /// Address of the photo at 512 x 512 pixels.
        pub image_512: String,
        /// Address of the photo at 1024 x 1024 pixels.
        pub image_1024: String,
        /// Address of the photo as it was uploaded; only people with an uploaded photo have one.
        pub image_original: String,
        /// Whether the photo was uploaded by the person.
        pub is_custom_image: bool,
        /// Full name.
        pub real_name: String,
        /// Display name; may be empty.
        pub display_name: String,
        /// First name.
        pub first_name: String,
        /// Last name.
        pub last_name: String,
        /// What the person does.
        pub title: String,
        /// E-mail address; needs the scope `users:read.email`.
        pub email: String,
        /// Telephone number.
        pub phone: String,
        /// Pronouns.
        pub pronouns: String,
        /// Current status, as text.
        pub status_text: String,
        /// Current status, as an emoji like `:books:`.
        pub status_emoji: String,
        /// When the status ends, in seconds since 1970; 0 for never.
        pub status_expiration: i64,
        /// ID of the person's workspace.
        pub team: String,
    }
}

impl Profile {
    /// Whether the person has uploaded a photo; `None` if the profile does not tell.
    ///
    /// Judged by `is_custom_image` or `image_original` if present (`users.profile.get` and `users.info` have them),
    /// otherwise by the hash.
    pub fn has_photo(&self) -> Option<bool> {
        if self
            .image_original
            .as_deref()
            .is_some_and(|address| !address.is_empty())
        {
            return Some(true);
        }
        self.is_custom_image
            .or_else(|| self.avatar_hash.as_ref().map(|hash| !hash.starts_with('g')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_goes_out_as_it_came_in() {
        let text = r#"{"avatar_hash":"ge3b51ca72de","image_24":"https://a/24.jpg","image_72":null,"is_custom_image":"yes",
            "status_expiration":1532627506,"fields":{"Xf06054BBB":{"value":"Barista","alt":""}},"team":"T012AB3C4"}"#;
        let profile: Profile = serde_json::from_str(text).unwrap();
        assert_eq!(profile.avatar_hash.as_deref(), Some("ge3b51ca72de"));
        assert_eq!(profile.status_expiration, Some(1_532_627_506));
        assert_eq!((&profile.image_72, profile.is_custom_image), (&None, None));
        let original: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&profile).unwrap(), original);
    }

    #[test]
    fn an_uploaded_photo_is_told_from_a_made_up_one() {
        let told = |text: &str| serde_json::from_str::<Profile>(text).unwrap().has_photo();
        assert_eq!(told(r#"{"avatar_hash":"ge3b51ca72de"}"#), Some(false));
        assert_eq!(told(r#"{"avatar_hash":"8fbdd10b41c6"}"#), Some(true));
        assert_eq!(
            told(r#"{"avatar_hash":"8fbdd10b41c6","is_custom_image":false}"#),
            Some(false)
        );
        assert_eq!(
            told(r#"{"avatar_hash":"ge3b51ca72de","image_original":"https://a/o.jpg"}"#),
            Some(true)
        );
        assert_eq!(told("{}"), None);
    }
}
