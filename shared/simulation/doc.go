// Package simulation tries to break the promise of one ClientToken, one order, one
// charge: it runs real code against a store in memory under injected faults, and judges
// every run.
//
// Every request of every caller stops before the store until the scheduler, driven by one
// seed, picks who goes on, and how: the request passes; its caller crashes before or after
// it took effect; its answer is lost; it takes effect later, or never; it is refused as
// busy; it is applied and reported as a failed condition, as the Tablestore SDK does when
// it resends. Time moves only when the scheduler says so. The same seed gives the same run.
//
// Callers send the same token at once and one after another, different tokens for one
// instance, used tokens with other parameters, with a MaxAmount and as dry runs, and retry what was left open. In the mode
// roads the marketplace, the timer and operators act on the same account. At the end
// each token is called once more without faults, which must settle it.
//
// README.md describes the modes, the checkers, the crash matrix and the mutants.
package simulation
