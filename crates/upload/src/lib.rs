//! headshot-upload.
