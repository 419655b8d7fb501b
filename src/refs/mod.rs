//! References from one object to another: by name, repaired after names have changed; by `vars`, replaced by values.

mod index;
pub mod name_reference;
pub mod not_renamed;

mod expand;
pub(crate) mod var_reference;
mod var_value;
