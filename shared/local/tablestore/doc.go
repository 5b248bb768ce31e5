// Package tablestore is Alibaba Cloud's Tablestore on one machine: an
// http.Handler that speaks the service's wire protocol, so that the unmodified
// official SDKs work by changing the endpoint only.
//
//	server, err := tablestore.Open(tablestore.Config{Dir: "data"})
//	http.ListenAndServe("127.0.0.1:8087", server)
//
// # Model
//
// A server holds instances, an instance holds tables, a table holds rows sorted
// by primary key. A row's columns keep several versions each. Rows sharing the
// first key column form a partition key's rows, the unit of atomic batches and
// local transactions. Global secondary indexes are read like tables.
//
// # Guarantees
//
//   - A write is answered after it has been synced to disk. Killing the process
//     at any moment loses nothing that was answered, and never leaves half of a
//     row, of an atomic batch or of a transaction.
//   - Writes are serializable: conditions are evaluated where writes are
//     applied, one after the other. Concurrent writes share one sync.
//   - Reads see a consistent state of the whole store and never wait for
//     writers. They see whatever was answered before they began.
//   - An index is changed in the same commit as its table.
//   - A data file that does not hold exactly what was committed is refused on
//     Open, in one line; Salvage copies what is whole of it. A row damaged later
//     is answered with OTSInternalServerError, never with wrong data.
//   - After a full disk, writes succeed again as soon as there is room.
//   - A request's body arrives within a deadline, and large bodies take turns, so
//     that memory is bounded.
//
// An answer with a 5xx status, or none, leaves open whether a write happened.
//
// # Where it differs from the service
//
// Throughput is neither reserved nor limited, capacity units are only counted.
// A new table is ready at once. Expired data vanishes from reads to the
// millisecond, and from disk as the table is written to. Indexes are in step at once, whichever
// update mode is asked for. ListTable leaves indexes out. Request signatures of
// version 1 and 4 are verified; a key of version 4 may be derived for any
// region, as a server has none. Search indexes, SQL, streams, tunnels and time
// series answer OTSUnsupportOperation.
package tablestore
