//! Ticket numbers that belong to a device: a ticket opened without the network has its final number at once. Gaps are harmless.

use docket_domain::{DeviceId, TicketId, number};
use docket_store::lease;

use crate::{app::App, error::Result, submit::Work, wire::sync::LeaseView};

/// So many unused numbers a device may hold.
const MOST: i64 = 50;

impl App {
    /// Gives a device further numbers of today, for ever.
    pub async fn lease_numbers(&self, device: DeviceId, count: i64) -> Result<LeaseView> {
        let mut work = self.work().await?;
        let held = lease::unused(&mut work.tx, device).await?;
        let desk = work.settings.desk.clone();
        let day = number::day(work.now, &desk.time_zone);
        let mut numbers = Vec::new();
        for _ in 0..count.clamp(0, (MOST - held).max(0)) {
            let count = work.tx.count(&number::counter(desk.number_generator, &day)).await?;
            let number = number::format(desk.number_generator, &desk.system_id, &day, count);
            lease::insert(&mut work.tx, &number, device, work.now).await?;
            numbers.push(number);
        }
        self.finish(work).await?;
        Ok(LeaseView { numbers })
    }
}

impl Work {
    /// Uses a number that the device was given; false when it was not, or is used.
    pub(crate) async fn use_number(&mut self, number: &str, device: DeviceId, ticket: TicketId) -> Result<bool> {
        Ok(lease::take(&mut self.tx, number, device, ticket).await?)
    }
}
