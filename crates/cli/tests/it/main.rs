//! The program through its front door: the real binary, real files, its real output.

mod bad_input;
mod help;
mod json;
mod normalize;
mod places;
mod run;
mod secrets;
mod set;
