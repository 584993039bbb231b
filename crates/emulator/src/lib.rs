//! headshot-emulator.
