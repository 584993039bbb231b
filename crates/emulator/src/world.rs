//! A workspace in memory: its users and their profiles.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::photo::{Photo, SIDES};

pub(crate) const TEAM: &str = "T0HEADSHOT";

pub(crate) struct World {
    pub(crate) users: Vec<User>,
}

pub(crate) struct User {
    pub(crate) id: String,
    /// Text values that `users.profile.set` may set, and the e-mail address.
    pub(crate) profile: Map<String, Value>,
    pub(crate) photo: Option<(String, Arc<Photo>)>,
    pub(crate) is_admin: bool,
    pub(crate) is_owner: bool,
    pub(crate) is_bot: bool,
    pub(crate) deleted: bool,
}

impl World {
    pub(crate) fn new(members: usize) -> World {
        let mut users = vec![
            User {
                is_admin: true,
                is_owner: true,
                ..user("U0OWNER", "Olive", "Owens")
            },
            User {
                is_admin: true,
                ..user("U0ADMIN", "Adam", "Adeyemi")
            },
            user("U0MEMBER", "Maya", "Moreau"),
            user("U0NEWCOMER", "Nils", "Nilsson"),
            User {
                is_bot: true,
                ..user("U0ROBOT", "Robot", "")
            },
            User {
                deleted: true,
                ..user("U0GONE", "Greta", "Gone")
            },
        ];
        users.extend(
            (1..=members).map(|n| user(&format!("U0EXTRA{n:04}"), "Member", &format!("{n:04}"))),
        );
        World { users }
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }
}

fn user(id: &str, first: &str, last: &str) -> User {
    let name = format!("{first} {last}").trim().to_owned();
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    let profile = json!({
        "first_name": first, "last_name": last, "real_name": name, "display_name": first.to_lowercase(), "email": email,
        "title": "", "phone": "", "skype": "", "status_text": "", "status_emoji": "", "status_expiration": 0,
    });
    let Value::Object(profile) = profile else {
        unreachable!("built as an object")
    };
    User {
        id: id.to_owned(),
        profile,
        photo: None,
        is_admin: false,
        is_owner: false,
        is_bot: false,
        deleted: false,
    }
}

impl User {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.profile
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Twelve characters: hexadecimal digits for an uploaded photo, else `g` and eleven digits from the e-mail address.
    ///
    /// Slack takes those eleven from Gravatar's MD5; we take them from its newer SHA-256.
    pub(crate) fn avatar_hash(&self) -> String {
        match &self.photo {
            Some((hash, _)) => hash.clone(),
            None => format!(
                "g{}",
                &hex(&Sha256::digest(self.text("email").as_bytes()))[..11]
            ),
        }
    }

    /// The URLs of the photo, as in the reply of users.setPhoto: `avatar_hash` and `image_*`.
    pub(crate) fn images(&self, origin: &str) -> Map<String, Value> {
        let hash = self.avatar_hash();
        let mut images = Map::new();
        for side in SIDES {
            let extension = match &self.photo {
                Some((_, photo)) => photo.extension(side),
                None if side == 1024 => continue, // only an uploaded photo is kept this large
                None => "png",
            };
            images.insert(
                format!("image_{side}"),
                format!("{origin}/avatars/{hash}_{side}.{extension}").into(),
            );
        }
        if let Some((_, photo)) = &self.photo {
            let extension = photo.seen.format.extension();
            images.insert(
                "image_original".to_owned(),
                format!("{origin}/avatars/{hash}_original.{extension}").into(),
            );
        }
        images.insert("avatar_hash".to_owned(), hash.into());
        images
    }

    /// The profile object of users.profile.get.
    pub(crate) fn profile(&self, origin: &str) -> Value {
        let mut profile = self.profile.clone();
        profile.extend(self.images(origin));
        for name in ["real_name", "display_name"] {
            profile.insert(format!("{name}_normalized"), self.text(name).into());
        }
        if self.photo.is_some() {
            profile.insert("is_custom_image".to_owned(), true.into());
        }
        profile.insert("team".to_owned(), TEAM.into());
        Value::Object(profile)
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
