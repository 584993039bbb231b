//! The client: one method a call, one request at a time.

use std::fmt;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderValue, USER_AGENT};
use reqwest::multipart::{Form, Part};
use reqwest::{Url, redirect};
use serde_json::{Map, Value};

use crate::clean::without_secret;
use crate::method::{DELETE_PHOTO, Method, PROFILE_GET, SET_PHOTO};
use crate::reply::{Raw, read};
use crate::settings::base_url;
use crate::{CropBox, Error, Photo, Profile, Reply, Settings, Token, tls};

/// How long to wait for the text of a reply whose status has said it all.
const PATIENCE_WITH_EXPLANATIONS: Duration = Duration::from_secs(5);

/// Slack's `users.*` methods on behalf of one person.
///
/// Cloning is cheap. Calls need a tokio runtime with I/O and time. No proxy is used, whatever the environment says, and
/// no redirect is followed: the token goes to the named host or nowhere.
///
/// Dropping a call's future stops it and leaves nothing behind here; but what was already sent may still take effect.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: Url,
    token: Token,
}

impl Client {
    /// A client of Slack itself, with the default [`Settings`].
    ///
    /// # Errors
    /// [`Error::Tls`] if this machine cannot do https. Nothing is sent.
    pub fn new(token: Token) -> Result<Client, Error> {
        Client::with(token, &Settings::default())
    }

    /// A client with settings of the caller.
    ///
    /// # Errors
    /// [`Error::BaseUrl`] for an address that the token must not be sent to, [`Error::Tls`] if this machine cannot do
    /// https. Nothing is sent.
    pub fn with(token: Token, settings: &Settings) -> Result<Client, Error> {
        let base_url = base_url(&settings.base_url)?;
        let plain = base_url.scheme() == "http";
        let tls = if plain {
            tls::trusting_nobody()?
        } else {
            tls::trusting_the_system()?
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(!plain)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(settings.timeouts.connect)
            .read_timeout(settings.timeouts.idle)
            .timeout(settings.timeouts.total)
            .build()
            .map_err(|error| Error::Tls {
                problem: "the HTTP library cannot be set up",
                detail: error.without_url().to_string(),
            })?;
        Ok(Client {
            http,
            base_url,
            token,
        })
    }

    /// The same client for another person: connections and settings are shared.
    pub fn with_token(&self, token: Token) -> Client {
        Client {
            token,
            ..self.clone()
        }
    }

    /// `users.setPhoto`: makes the photo the token owner's profile photo, or the part of it in the crop box.
    ///
    /// A photo that is not square and comes without a crop box is letterboxed by Slack. The reply holds the profile
    /// with the new addresses; where Slack leaves it out, the value is `None` and a warning says so. Needs the scope
    /// `users.profile:write`. Every success makes a new hash and new addresses, and the old addresses die.
    ///
    /// # Errors
    /// Any [`Error`]. With [`Class::OutcomeUnknown`](crate::Class::OutcomeUnknown) the photo may have been set.
    pub async fn set_photo(
        &self,
        photo: &Photo,
        crop: Option<CropBox>,
    ) -> Result<Reply<Option<Profile>>, Error> {
        let mut reply = self.call(&SET_PHOTO, &Payload::Photo(photo, crop)).await?;
        let profile = crate::record::take(&mut reply.value, "profile");
        let mut reply = reply.map(|_| profile);
        if reply.value.is_none() {
            reply
                .warnings
                .push("the reply says ok, but holds no profile".to_owned());
        }
        Ok(reply)
    }

    /// `users.deletePhoto`: removes the token owner's profile photo. Needs the scope `users.profile:write`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn delete_photo(&self) -> Result<Reply<()>, Error> {
        Ok(self
            .call(&DELETE_PHOTO, &Payload::Fields(&[]))
            .await?
            .map(|_| ()))
    }

    /// `users.profile.get`: the profile of a user by ID, or of the token owner. Needs the scope `users.profile:read`.
    ///
    /// # Errors
    /// Any [`Error`]; none has changed anything.
    pub async fn profile(&self, user: Option<&str>) -> Result<Reply<Profile>, Error> {
        let fields: Vec<_> = user
            .map(|user| ("user", user.to_owned()))
            .into_iter()
            .collect();
        self.call(&PROFILE_GET, &Payload::Fields(&fields))
            .await?
            .field(&PROFILE_GET, "profile")
    }

    /// Sends one request and reads its reply. Every method goes through here.
    async fn call(
        &self,
        method: &Method,
        payload: &Payload<'_>,
    ) -> Result<Reply<Map<String, Value>>, Error> {
        let name = method.name;
        let internal = |error: reqwest::Error| Error::Internal {
            method: name,
            source: error.without_url().into(),
        };
        let address = format!("{}{name}", self.base_url);
        let request = self
            .http
            .post(address)
            .header(AUTHORIZATION, self.token.header())
            .header(
                USER_AGENT,
                HeaderValue::from_static(concat!("headshot-upload/", env!("CARGO_PKG_VERSION"))),
            );
        let request = match payload {
            // An empty POST without a length is refused by some proxies, with 411.
            Payload::Fields([]) => request.form(&[(); 0]).header(CONTENT_LENGTH, 0),
            Payload::Fields(fields) => request.form(fields),
            Payload::Photo(photo, crop) => request.multipart(form(photo, *crop).map_err(internal)?),
        };
        let response = request
            .send()
            .await
            .map_err(|error| from_network(name, error))?;
        let raw = self.receive(method, response).await?;
        read(method, &raw)
    }

    /// Reads a reply up to the method's cap.
    async fn receive(
        &self,
        method: &Method,
        mut response: reqwest::Response,
    ) -> Result<Raw, Error> {
        let status = response.status().as_u16();
        let mut raw = Raw {
            status,
            retry_after: None,
            body: Vec::new(),
            too_long: false,
        };
        let mut body = async || {
            while let Some(piece) = response.chunk().await? {
                let room = method.longest_reply - raw.body.len();
                raw.too_long = piece.len() > room;
                raw.body.extend_from_slice(&piece[..piece.len().min(room)]);
                if raw.too_long {
                    break;
                }
            }
            Ok(())
        };
        if status == 200 {
            body()
                .await
                .map_err(|error| from_network(method.name, error))?;
        } else {
            // The text only explains the status, so losing some of it is no error.
            let _ = tokio::time::timeout(PATIENCE_WITH_EXPLANATIONS, body()).await;
        }
        raw.body = without_secret(raw.body, self.token.secret());
        Ok(raw)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url.as_str())
            .finish_non_exhaustive()
    }
}

/// What goes into the body of a request.
enum Payload<'a> {
    /// URL-encoded fields.
    Fields(&'a [(&'static str, String)]),
    /// A photo and its crop box, as multipart. Slack takes a file no other way.
    Photo(&'a Photo, Option<CropBox>),
}

/// The body of `users.setPhoto`. The bytes are shared, not copied.
fn form(photo: &Photo, crop: Option<CropBox>) -> Result<Form, reqwest::Error> {
    let length = photo.bytes().len() as u64;
    let file = Part::stream_with_length(photo.bytes().clone(), length)
        .file_name(photo.file_name())
        .mime_str(photo.content_type())?;
    let mut form = Form::new();
    for (name, value) in crop.into_iter().flat_map(CropBox::arguments) {
        form = form.text(name, value);
    }
    Ok(form.part("image", file))
}

/// Tells whether anything can have reached the server. The address is taken out of the cause: it may be private.
fn from_network(method: &'static str, error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_builder() {
        return Error::Internal {
            method,
            source: error.into(),
        };
    }
    if error.is_connect() {
        return if is_about_certificates(&error) {
            Error::NotTrusted {
                method,
                source: error.into(),
            }
        } else {
            Error::NotSent {
                method,
                source: error.into(),
            }
        };
    }
    let problem = if error.is_timeout() {
        "the server went silent, or its reply took too long"
    } else {
        "the connection broke before the reply was complete"
    };
    Error::Lost {
        method,
        problem,
        source: error.into(),
    }
}

/// The verifier's verdict is wrapped in I/O errors, whose source is not the error they wrap but that one's source.
fn is_about_certificates(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(|error| error.get_ref());
        if let Some(error) = wrapped {
            if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
                return true;
            }
            cause = Some(error);
        } else {
            cause = error.source();
        }
    }
    false
}
