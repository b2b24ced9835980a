//! Builds anew when a migration is added: `migrate!` itself only sees the ones that it has read.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
