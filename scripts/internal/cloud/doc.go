// Package cloud sends requests to the control planes of Alibaba Cloud: those of RAM, STS,
// KMS, EventBridge, SMQ, API Gateway (RPC style), and of Function Compute, cloud-native
// API Gateway and Tablestore (ROA style).
//
// A Call is one request as data, a Client sends it and decodes the answer. Both styles
// are signed with ACS3-HMAC-SHA256 by package pop, so that a call takes a context, and
// tests one clock and one endpoint for all products. Every call that a function here
// returns is tested against the published metadata of its API (package cloudtest).
//
// After an error of type *Error the service has answered and refused. After any other
// error a call that changes something may have been made.
package cloud
