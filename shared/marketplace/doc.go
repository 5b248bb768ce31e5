// Package market makes operations of the orders of the cloud marketplace: what
// its calls (the SPI) say, how a queue delivers them, and what is done with each.
//
// The marketplace calls the vendor for every order. SPI checks such a call, puts
// it into a queue as it is and answers at once. Consumer takes batches from that
// queue and brings every message to one of three ends:
//
//   - done: the order is in the ledger, by this delivery or by an earlier one;
//   - dead: it can never succeed, and waits in the table dead_letters with the
//     reason until an operator retries or discards it;
//   - again: something passing is in the way, the store or the time. The batch
//     fails, and the platform delivers all of it again: what was done is replayed.
//
// # Exactly once
//
// The token of an order is derived from the message (action, orderBizId or
// instanceId, orderId), so that a message is one order however often, wherever and
// beside whatever it is delivered (package ledger). The two actions that carry no
// orderId, expiredInstance and refundRenewInstance, have the time of the message
// instead, and change nothing where what they ask for is so already.
//
// # Instances and owners
//
// The marketplace names an instance by the id that it was given, which is the
// order's orderBizId, and the buyer (aliUid) only in createInstance. So the table
// market_instances tells the owner of each instance. It is written before the
// instance is sold: an instance of the marketplace always has its owner there.
package marketplace
