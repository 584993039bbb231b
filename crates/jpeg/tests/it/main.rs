//! The public API, against files made here and another decoder.

mod damage;
mod encode;
mod header;
mod made;
mod pixels;
mod region;
mod scans;
mod written;
