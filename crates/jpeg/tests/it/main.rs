//! The public API, against files made here and another decoder.

mod damage;
mod eighth;
mod encode;
mod full_size;
mod header;
mod held;
mod made;
mod marks;
mod pixels;
mod region;
mod scale;
mod scans;
mod spare;
mod written;
