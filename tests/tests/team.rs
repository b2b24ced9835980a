//! The team: several agents, servers and desktops.

mod team {
    mod merge;
    mod together;
}
