//! A page on this machine to choose avatars by looking: one photo's, or a whole company's.
//!
//! [`Server`] listens on 127.0.0.1 and serves a page, which is a part of the program, and what that asks for. Every preview is made by
//! `headshot_core`, so what is seen is what is made, byte for byte. Whoever starts a server says in [`Settings`] which photos there
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
    Command, Done, Export, Make, Photo, Post, Posted, Save, Set, Settings, Work, Write,
};
