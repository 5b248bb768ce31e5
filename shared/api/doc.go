// Package api serves the operations as Function Compute handlers.
//
// A call runs from top to bottom through one Service:
//
//	event      an API Gateway or HTTP trigger event becomes a pop.Request
//	decode     which operation, in whose name, answered in which format
//	authorise  package access returns who calls and for which owner
//	parse      parameters become a sale.Command, by the table of package operations
//	sell       the backend makes the sale, while the nonce is being recorded
//	answer     the receipt or the error, always in an envelope
//
// A Go error of a function would reach the caller as a bare 503 of the gateway, so every
// outcome is answered in the protocol's form. A call ends a little before the
// invocation's deadline. If it runs out of time, the answer is ServiceUnavailable, and a
// retry with the same ClientToken returns the outcome.
//
// Every call leaves one JSON object in the log, with its RequestId, operation, owner,
// outcome and duration, and never a secret, a signature or a body.
//
// # Choices
//
// A replayed order has a RequestId of its own, since that names the call. An empty
// parameter counts as absent. An unknown owner is InvalidOwnerId for every caller who may
// act for it. GetSummary of an owner without an instance has empty ids and no
// ExpireDateTimestamp. MaxAmount and DryRun are no part of a purchase, so a token that was
// sold is answered with its order whatever they are.
package api
