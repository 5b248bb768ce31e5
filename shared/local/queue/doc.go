// Package queue is the marketplace's order queue on one machine: the queue itself
// (Simple Message Queue), and what EventBridge does between it and a function.
//
// Messages are taken in durably and delivered in batches, as arrays of
// CloudEvents: a batch is full, or its window is over. One task delivers; while a
// batch fails it is delivered again as the retry strategy says, and the rest
// waits. When the strategy has run out every message of the batch goes to the dead
// letters (errorsTolerance ALL), and delivery goes on.
//
// Delivery is at least once on purpose. A message is forgotten only after the
// function has answered for its batch: a stop or a crash in between delivers it
// again, maybe in another batch. On demand, messages are also delivered twice in
// one batch, batches twice, and messages out of order.
//
// It differs from the cloud in that a message is at most 64 KB in every form, that
// the batch's retries are not remembered across restarts, and that there is one
// queue and one subscriber.
package queue
