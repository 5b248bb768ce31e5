// Package function joins the operations to Function Compute: an event comes in,
// an envelope goes out.
//
// A call runs top to bottom through one Service:
//
//	event      an API Gateway or HTTP trigger event becomes a pop.Request
//	decode     which operation, in whose name, answered in which format
//	authorise  the key, the time, the signature, the owner
//	parse      parameters become a sale.Command
//	sell       the ledger commits it, while the nonce is being recorded
//	answer     the receipt or the error, always in an envelope
//
// A function's own error would reach the caller as a bare 503 of the gateway, so
// whatever happens is answered as the protocol's error. A call has until a little
// before the invocation's deadline; one that runs out of it is answered
// ServiceUnavailable, and a retry with the same ClientToken finds out what became
// of it.
//
// Every call leaves one JSON object in the log, with its RequestId, operation,
// owner, outcome and duration, and never a secret, a signature or a body.
//
// Three functions answer no customer. StartMarketSPI's takes the marketplace's
// calls and answers envelopes too; StartMarketOrders's and StartRenewals's are
// fired by a queue and a timer, and their error is the platform's sign to fire
// again (packages market and renewals).
package function
