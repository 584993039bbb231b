//! `app-manifest`: the manifest of an app that people can sign in with.

use serde_json::json;

use crate::login::args::AppManifestArgs;
use crate::login::{SCOPES, redirect_uri};
use crate::terminal::console::{self, Console};
use crate::terminal::exit::Exit;

pub(crate) fn run(args: &AppManifestArgs, console: &mut Console) -> Exit {
    let manifest = json!({
        "display_information": {
            "name": "headshot",
            "description": "Sets your profile photo from your own computer",
        },
        "oauth_config": {
            "redirect_urls": [redirect_uri(args.port)],
            "scopes": { "user": SCOPES },
            "pkce_enabled": true,
        },
        "settings": { "token_rotation_enabled": !args.no_rotation },
    });
    console.line(format_args!("{manifest:#}"));
    console::remark(
        "paste it at https://api.slack.com/apps?new_app=1 (From a manifest, JSON); then headshot login --client-id ID",
    );
    Exit::Done
}
