//! Where a merge ends: one ticket goes into another, which may itself have gone into a third.

use crate::{refusal::Refusal, ticket::Ticket};

/// Where `source` goes when somebody names the first ticket of `chain`: to its end. The chain holds the named ticket and, in
/// order, what it was merged into.
///
/// # Errors
/// [`Refusal::MergeIntoItself`] and [`Refusal::MergeCycle`].
pub fn destination<'a>(source: &Ticket, chain: &'a [Ticket]) -> Result<Option<&'a Ticket>, Refusal> {
    if chain.first().is_some_and(|named| named.id == source.id) {
        return Err(Refusal::MergeIntoItself);
    }
    if chain.iter().any(|ticket| ticket.id == source.id) {
        return Err(Refusal::MergeCycle);
    }
    Ok(chain.last())
}
