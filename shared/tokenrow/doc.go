// Package tokenrow defines the token rows of the table sales: their keys, their
// columns and the fingerprint of a purchase.
//
// A token row says what a ClientToken was used for and what it was answered. Packages
// ledger and upstream both keep their tokens in these rows, so that either backend
// recognises what the other has sold. The row holds:
//
//   - the fingerprint: the operation and its parameters in their canonical form;
//   - the answer: the order, the instance and the time;
//   - the state and the fence, which a row needs once it may stand for no purchase:
//     the ledger has refused the token, or package upstream has reserved or freed it;
//   - what package upstream needs to know about its forwards.
//
// A row without a state was written by the ledger and is sold.
package tokenrow
