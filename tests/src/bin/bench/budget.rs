//! What each figure should be.

/// Which side of the budget is good.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Good {
    AtMost,
    AtLeast,
}

use Good::{AtLeast, AtMost};

/// Figures with a budget; the others are for comparison alone.
const BUDGETS: [(&str, Good, f64); 26] = [
    ("mails_taken_in_per_second", AtLeast, 280.0),
    ("queue_list_tcp_p95_ms", AtMost, 7.0),
    ("queue_list_router_p95_ms", AtMost, 16.0),
    ("ticket_tcp_p95_ms", AtMost, 4.0),
    ("ticket_tcp_4_clients_per_second", AtLeast, 1000.0),
    ("ticket_200_articles_tcp_p95_ms", AtMost, 50.0),
    ("command_durable_tcp_p95_ms", AtMost, 10.0),
    ("tickets_created_per_second", AtLeast, 500.0),
    ("server_start_to_list_ms", AtMost, 1000.0),
    ("server_empty_start_to_ready_ms", AtMost, 500.0),
    ("server_empty_pss_mib", AtMost, 60.0),
    ("desktop_idle_pss_mib", AtMost, 350.0),
    ("desktop_own_idle_pss_mib", AtMost, 120.0),
    ("slowest_list_router_p95_ms", AtMost, 16.0),
    ("slowest_list_of_few_queues_router_p95_ms", AtMost, 16.0),
    ("first_sync_sqlite_ms", AtMost, 180_000.0),
    ("first_sync_postgres_ms", AtMost, 180_000.0),
    ("delta_10000_sqlite_ms", AtMost, 3_000.0),
    ("delta_10000_postgres_ms", AtMost, 3_000.0),
    ("queue_list_postgres_p95_ms", AtMost, 16.0),
    ("command_durable_postgres_p95_ms", AtMost, 10.0),
    ("recompute_computed_ms", AtMost, 2_000.0),
    ("recompute_done_ms", AtMost, 20_000.0),
    ("recompute_other_write_longest_ms", AtMost, 50.0),
    ("level_sweep_idle_p95_ms", AtMost, 10.0),
    ("levels_reached_ms", AtMost, 1_000.0),
];

/// The budget of a figure.
pub fn of(name: &str) -> Option<(Good, f64)> {
    BUDGETS.iter().find(|(known, _, _)| *known == name).map(|(_, good, limit)| (*good, *limit))
}
