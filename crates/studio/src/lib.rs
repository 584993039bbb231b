//! A page on this machine to choose avatars by eye: for one photo, or a whole company.
//!
//! [`Server`] listens on 127.0.0.1 and serves a page, which is part of the program, and answers its requests. `headshot_core` makes
//! every preview, so what you see is what you get, byte for byte. [`Settings`] says which photos there
//! are, and what saving, setting and making all of them does.
//!
//! Photos are numbered: no path comes from a request, and none but their names goes out. docs/studio.md says what the page can do, SECURITY.md
//! who may ask.

mod answer;
mod assets;
mod avatar;
mod book;
mod guard;
mod known;
mod list;
mod make_all;
mod making;
mod open;
mod read;
mod routes;
mod server;
mod settings;
mod studio;
mod thumbs;
mod token;

pub use server::Server;
pub use settings::{
    Command, Done, Export, Made, Make, Photo, Post, Posted, Save, Set, Settings, Work, Write,
};
