//! The team: several agents, servers and desktops.

mod team {
    mod administration;
    mod matrix;
    mod needs_you;
}
