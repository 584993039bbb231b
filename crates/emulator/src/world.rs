//! A workspace in memory: its users and their profiles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::photo::{Photo, SIDES};
use crate::rate::Rates;

/// The workspace that the page shows. Others have the digits of a hash of their name.
const TEAM: &str = "T0HEADSHOT";

/// Conversations, with their members, the scope that shows them and their kind.
pub(crate) const CHANNELS: &[Channel] = &[
    Channel {
        id: "C0GENERAL",
        name: "general",
        kind: "public_channel",
        members: &["U0OWNER", "U0ADMIN", "U0MEMBER"],
        archived: false,
        muted_by: &[],
    },
    Channel {
        id: "C0RANDOM",
        name: "random",
        kind: "public_channel",
        members: &["U0ADMIN", "U0MEMBER"],
        archived: false,
        muted_by: &["U0MEMBER"],
    },
    Channel {
        id: "C0OLD",
        name: "old-plans",
        kind: "public_channel",
        members: &["U0OWNER", "U0MEMBER"],
        archived: true,
        muted_by: &[],
    },
    Channel {
        id: "G0SECRET",
        name: "secret",
        kind: "private_channel",
        members: &["U0OWNER", "U0MEMBER"],
        archived: false,
        muted_by: &[],
    },
    Channel {
        id: "G0GROUP",
        name: "mpdm-olive--adam--maya-1",
        kind: "mpim",
        members: &["U0OWNER", "U0ADMIN", "U0MEMBER"],
        archived: false,
        muted_by: &[],
    },
    Channel {
        id: "D0ADMIN",
        name: "",
        kind: "im",
        members: &["U0ADMIN", "U0MEMBER"],
        archived: false,
        muted_by: &[],
    },
];

pub(crate) struct Channel {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) members: &'static [&'static str],
    pub(crate) archived: bool,
    pub(crate) muted_by: &'static [&'static str],
}

pub(crate) struct World {
    /// Its id.
    pub(crate) team: String,
    pub(crate) users: Vec<User>,
    pub(crate) rates: Rates,
    /// Who is being updated through SCIM.
    pub(crate) updating: HashSet<String>,
    /// How often each fault has struck, by the text of the fault.
    pub(crate) strikes: HashMap<String, u32>,
}

/// What a user is to the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    PrimaryOwner,
    Admin,
    Member,
    Bot,
    Deleted,
    /// Somebody of another workspace, whom ours cannot see.
    Stranger,
}

pub(crate) struct User {
    pub(crate) id: String,
    team: String,
    pub(crate) role: Role,
    pub(crate) email_is_verified: bool,
    /// Values that `users.profile.set` may set, and the e-mail address.
    pub(crate) profile: Map<String, Value>,
    pub(crate) photo: Option<(String, Arc<Photo>)>,
    /// Set by users.setPresence.
    pub(crate) is_away: bool,
}

impl World {
    /// The workspace of this name, with so many members besides the few that every one has.
    pub(crate) fn new(name: &str, members: usize) -> World {
        let team = match name {
            "" => TEAM.to_owned(),
            name => {
                let hash = hex(&Sha256::digest(name.as_bytes())[..4]);
                format!("T0{}", hash.to_uppercase())
            }
        };
        let user = |id: &str, role, first: &str, last: &str| user(&team, id, role, first, last);
        let mut users = vec![
            user("U0OWNER", Role::PrimaryOwner, "Olive", "Owens"),
            user("U0ADMIN", Role::Admin, "Adam", "Adeyemi"),
            user("U0MEMBER", Role::Member, "Maya", "Moreau"),
            User {
                email_is_verified: false,
                ..user("U0NEWCOMER", Role::Member, "Nils", "Nilsson")
            },
            user("U0ROBOT", Role::Bot, "Robot", ""),
            user("U0GONE", Role::Deleted, "Greta", "Gone"),
            user("U0STRANGER", Role::Stranger, "Sam", "Stranger"),
        ];
        users.extend((1..=members).map(|n| {
            user(
                &format!("U0EXTRA{n:05}"),
                Role::Member,
                "Member",
                &format!("{n:05}"),
            )
        }));
        World {
            team,
            users,
            rates: Rates::default(),
            updating: HashSet::new(),
            strikes: HashMap::new(),
        }
    }

    /// The user of this id, strangers included.
    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }
}

fn user(team: &str, id: &str, role: Role, first: &str, last: &str) -> User {
    let name = format!("{first} {last}").trim().to_owned();
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    let profile = json!({
        "first_name": first, "last_name": last, "real_name": name, "display_name": first.to_lowercase(), "email": email,
        "title": "", "phone": "", "skype": "", "status_text": "", "status_emoji": "", "status_expiration": 0, "fields": {},
    });
    let Value::Object(profile) = profile else {
        unreachable!("built as an object")
    };
    User {
        id: id.to_owned(),
        team: team.to_owned(),
        role,
        email_is_verified: true,
        profile,
        photo: None,
        is_away: false,
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
        profile.insert("team".to_owned(), self.team.clone().into());
        Value::Object(profile)
    }
}

impl User {
    /// The user object of users.info, users.list and `user_change`.
    pub(crate) fn to_json(&self, origin: &str) -> Value {
        json!({
            "id": self.id, "team_id": self.team, "name": self.text("display_name"), "real_name": self.text("real_name"),
            "deleted": self.role == Role::Deleted, "color": "9f69e7", "tz": "Europe/Dublin", "tz_label": "Greenwich Mean Time",
            "tz_offset": 0, "profile": self.profile(origin),
            "is_admin": matches!(self.role, Role::Admin | Role::PrimaryOwner), "is_owner": self.role == Role::PrimaryOwner,
            "is_primary_owner": self.role == Role::PrimaryOwner, "is_restricted": false, "is_ultra_restricted": false,
            "is_bot": self.role == Role::Bot, "is_app_user": false, "updated": 1_763_700_000, "has_2fa": false,
        })
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
