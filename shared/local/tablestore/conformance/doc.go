// Package conformance runs the official SDKs' own test suites, unchanged but
// for where they find a server, against the local Tablestore.
//
// It holds tests only. A suite is skipped, with the reason, where its tools or
// packages are not to be had, and in -short runs. The suites of the Python and
// Java SDKs are not in their packages: python.sh and java.sh run them from a
// checkout, and compare each test with its expected outcome.
package conformance
