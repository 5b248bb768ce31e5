// Package simulation runs callers against the ledger under injected faults and checks
// the promise after every run: one ClientToken, one order, one charge.
//
// # Simulation
//
// A run has a few owners, several callers each, and a store in memory.
// Every request of every caller stops at the store's gate until the scheduler,
// driven by one seed, picks who goes on, and how: the request passes; its caller
// crashes before or after it took effect; its answer is lost; it takes effect
// later, or never; it is refused as busy; it is applied and reported as a failed
// condition, as the Tablestore SDK does when it resends. Time moves only when the
// scheduler says so, by up to weeks. The same seed gives the same run.
//
// Callers send the same token at once and one after another, different tokens for
// one instance, used tokens with other parameters, and retry what was left open.
// At the end each token is called once more without faults, which must settle it.
//
// # What is checked after every run
//
//   - The commits of an account, in order, are what package sale decides in that
//     order: so no order has another's expiry, price or instance.
//   - Each token has at most one order and each order its token.
//   - What was paid in less the balance is the sum of the orders.
//   - The history as the callers saw it is linearizable: every answer, refusal,
//     mismatch and conflict is one that some moment between call and answer
//     justifies, and what a caller was answered stays true. The order of the commits is
//     tried first; if it explains too little, porcupine searches all others.
//   - The last call of each token ended with a definite answer.
package simulation
