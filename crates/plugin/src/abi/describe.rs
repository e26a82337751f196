//! One definition of each struct gives the Rust type, the C text and the table of offsets.

use std::ffi::c_void;

use super::c;

/// A struct of the interface, as the header and the tests see it.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its name in C.
    pub name: &'static str,
    /// What it is: one line an element.
    pub docs: &'static [&'static str],
    /// Its size in bytes.
    pub size: usize,
    /// Its members in order.
    pub members: Vec<Member>,
}

/// A member of a struct.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it is: one line an element.
    pub docs: &'static [&'static str],
    /// How C declares it, without the semicolon.
    pub declaration: String,
    /// Where it stands in the struct, in bytes.
    pub offset: usize,
}

/// A set of numbers of the interface.
#[derive(Clone, Copy, Debug)]
pub struct Constants {
    /// What they are: one line an element.
    pub docs: &'static [&'static str],
    /// Name in C, value, what it means.
    pub values: &'static [(&'static str, u32, &'static str)],
}

/// A Rust type that has a C name.
pub(super) trait CType {
    /// The type as it stands before a name: `size_t `, `const char *`.
    fn c() -> String;
}

macro_rules! c_types {
    ($($rust:ty = $c:literal;)*) => {
        $(impl CType for $rust { fn c() -> String { concat!($c, " ").to_owned() } })*
    };
}

c_types! {
    () = "void";
    u8 = "char";
    u32 = "uint32_t";
    i32 = "int32_t";
    u64 = "uint64_t";
    i64 = "int64_t";
    f64 = "double";
    usize = "size_t";
    c_void = "void";
    c::Bluetooth = "struct pipeline_bluetooth";
    c::Text = "pipeline_text";
    c::Column = "pipeline_column";
    c::Item = "pipeline_item";
    c::Given = "pipeline_given";
    c::Take = "pipeline_take";
    c::Host = "pipeline_host";
    c::Plugin = "pipeline_plugin";
}

impl<T: CType> CType for *const T {
    fn c() -> String {
        format!("const {}*", T::c())
    }
}

impl<T: CType> CType for *mut T {
    fn c() -> String {
        format!("{}*", T::c())
    }
}

/// Defines a struct with members, and functions behind them that may be null.
macro_rules! interface {
    ($(#[doc = $doc:literal])* struct $name:ident = $c:literal {
        $($(#[doc = $member_doc:literal])* $member:ident: $type:ty,)*
    } functions {
        $($(#[doc = $function_doc:literal])*
          fn $function:ident($($parameter:ident: $parameter_type:ty),*) $(-> $result:ty)?;)*
    }) => {
        $(#[doc = $doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            $($(#[doc = $member_doc])* pub $member: $type,)*
            $($(#[doc = $function_doc])*
              pub $function: Option<unsafe extern "C" fn($($parameter_type),*) $(-> $result)?>,)*
        }

        impl $name {
            /// The struct as the header and the tests see it.
            pub fn description() -> $crate::abi::describe::Struct {
                use $crate::abi::describe::{CType, Member, Struct};
                let members = vec![
                    $(Member {
                        name: stringify!($member),
                        docs: &[$($member_doc),*],
                        declaration: format!("{}{}", <$type as CType>::c(), stringify!($member)),
                        offset: std::mem::offset_of!($name, $member),
                    },)*
                    $(Member {
                        name: stringify!($function),
                        docs: &[$($function_doc),*],
                        declaration: Member::function(
                            None::<fn() $(-> $result)?>,
                            stringify!($function),
                            &[$(format!("{}{}", <$parameter_type as CType>::c(), stringify!($parameter))),*],
                        ),
                        offset: std::mem::offset_of!($name, $function),
                    },)*
                ];
                Struct {
                    name: $c,
                    docs: &[$($doc),*],
                    size: size_of::<$name>(),
                    members,
                }
            }
        }
    };
}

/// Defines numbers with names.
macro_rules! constants {
    ($(#[doc = $doc:literal])* $module:ident: $type:ty {
        $(#[doc = $value_doc:literal] $name:ident = $value:literal,)*
    }) => {
        $(#[doc = $doc])*
        pub mod $module {
            $(#[doc = $value_doc] pub const $name: $type = $value;)*

            /// All of them, for the header.
            pub const DESCRIPTION: $crate::abi::describe::Constants =
                $crate::abi::describe::Constants {
                    docs: &[$($doc),*],
                    values: &[$((concat!("PIPELINE_", stringify!($name)), $value, $value_doc)),*],
                };
        }
    };
}

pub(super) use {constants, interface};

impl Member {
    /// A pointer to a function, as C declares it.
    pub(super) fn function<R: CType>(
        _: Option<fn() -> R>,
        name: &str,
        parameters: &[String],
    ) -> String {
        format!("{}(*{name})({})", R::c(), parameters.join(", "))
    }
}
