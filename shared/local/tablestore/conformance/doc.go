// Package conformance runs the official SDKs' own test suites, unchanged but
// for where they find a server, against the local Tablestore.
//
// It holds tests only. A suite is skipped, with the reason, where its tools or
// packages are not to be had, and in -short runs.
package conformance
