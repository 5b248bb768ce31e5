// Package marketplace turns Cloud Marketplace orders into ledger operations: SPI
// endpoint, queue consumer, dead letters.
//
// The marketplace calls the vendor for every order. SPI checks such a call, puts it
// into a queue as it is and answers at once. Consume takes batches from that queue and
// brings every message to one of four outcomes:
//
//   - done: the order is in the ledger, by this delivery or by an earlier one;
//   - held: it waits in the table dead_letters for a moment, for another message, for
//     the marketplace or for an operator, and is tried again every hour;
//   - dead: it cannot succeed as it is, and waits in the same table for an operator;
//   - again: the store was busy or the time was over. The batch fails, and the platform
//     delivers all of it again: what was done is replayed.
//
// # Exactly once
//
// The token of an order is derived from the message (action, instance, orderId), so a
// message is one order however often it is delivered (package ledger). Calls without an
// orderId have the instance's change number instead, which every order moves, so that
// what was spent before a refund is not missing after it.
//
// # Before a paid term is shortened
//
// Notifications carry no date and no number, and a repeated one equals a new one. So a
// call that shortens a term or ends an instance is checked with the marketplace, if a
// Truth is configured. If the books differ, or the marketplace cannot be asked, the
// message is held. Without a Truth our own books decide: README.md lists the rules. A
// renewal takes the later end, in whatever order renewals arrive.
//
// # Instances and owners
//
// The marketplace names an instance by the id that it was given, which is the order's
// orderBizId, and the buyer (aliUid) only in createInstance. The table market_instances
// records the owner of each instance. It is written before the instance is sold.
//
// # Choices
//
// An orderBizId that looks like an id of our own is refused. In a batch the creation of
// an instance is handled before its other messages. The marketplace's repetitions of one
// call are one letter. A letter keeps 64 KB of its message, all that SMQ takes; of a
// longer one the beginning, the length and the hash. A panic on one message ends that
// message as a dead letter, not the batch.
package marketplace
