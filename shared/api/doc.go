// Package api serves the operations as Function Compute handlers.
//
// A call runs from top to bottom through one Service:
//
//	event      an API Gateway or HTTP trigger event becomes a pop.Request
//	decode     which operation, in whose name, answered in which format
//	authorise  the key, the time, the signature, the owner
//	parse      parameters become a sale.Command
//	sell       the ledger commits it, while the nonce is being recorded
//	answer     the receipt or the error, always in an envelope
//
// A function's own error would reach the caller as a bare 503 of the gateway, so every
// outcome is answered as the protocol's error. A call has until a little before the
// invocation's deadline; one that runs out of time is answered ServiceUnavailable, and
// a retry with the same ClientToken finds out what became of it.
//
// Every call leaves one JSON object in the log, with its RequestId, operation, owner,
// outcome and duration, and never a secret, a signature or a body.
//
// # Choices
//
// A replayed order has a RequestId of its own, since that names the call. An empty
// parameter counts as absent. An unknown owner is InvalidOwnerId for every caller who may
// act for it. GetSummary of an owner without an instance has empty ids and no
// ExpireDateTimestamp.
package api
