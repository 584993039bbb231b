//! The program through its front door: the real binary, real files, its real output.
#![cfg_attr(
    not(unix),
    allow(
        unused_imports,
        unused_mut,
        dead_code,
        reason = "links, modes, signals and pipes are tested on Unix, with helpers that nothing else needs"
    )
)]

mod animation;
mod audit;
mod backups;
mod backups_lost;
mod bad_input;
mod batch_isolate;
mod batch_kill;
mod batch_numbers;
mod batch_owner;
mod batch_places;
mod batch_prune;
mod batch_resume;
mod batch_run;
mod batch_walk;
mod canary;
mod choices;
mod claims;
mod claims_folders;
mod delete;
mod emulator;
mod faces;
mod help;
mod hostile_files;
mod json;
mod keep;
mod kinds;
mod lists;
mod login;
mod login_lost;
mod login_refresh;
mod login_strangers;
mod manifest;
mod manifest_choices;
mod manifest_guard;
mod manifest_lost;
mod manifest_people;
mod manifest_report;
mod manifest_resume;
mod manifest_scim;
mod manifest_scim_flags;
mod manifest_sheet;
mod manifest_tokens;
mod manual;
mod messages;
mod model;
mod model_acts;
mod network;
mod normalize;
mod pages;
mod parser_error;
mod places;
mod preview;
mod privacy;
mod profile;
mod remember;
mod repeated;
mod reports;
mod restore;
mod run;
mod secrets;
mod set;
mod sheet;
mod signing_in;
mod studio;
mod studio_changes;
mod studio_client;
mod studio_many;
mod trace;
