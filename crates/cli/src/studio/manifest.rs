//! A manifest in the studio: choices in a file beside it, which `set --manifest` obeys, and a new manifest that has them as columns.
