//! References from one object to another by name, repaired after names have changed.

mod index;
pub mod name_reference;
