//! The program through its front door: the real binary, real files, its real output.

mod animation;
mod audit;
mod bad_input;
mod batch_isolate;
mod batch_kill;
mod batch_places;
mod batch_resume;
mod batch_run;
mod batch_walk;
mod emulator;
mod help;
mod hostile_files;
mod json;
mod manifest;
mod manifest_resume;
mod manual;
mod normalize;
mod places;
mod preview;
mod profile;
mod remember;
mod restore;
mod run;
mod secrets;
mod set;
mod sheet;
