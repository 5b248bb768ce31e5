// Package gateway is what stands in front of the functions: the POP endpoint at
// /, a Function Compute HTTP trigger, and one API Gateway route per operation.
//
// It turns each HTTP request into the event that the platform would make of it,
// hands it to the function, and turns the function's envelope into the HTTP
// answer. It judges nothing: signatures are the functions' business, as they are
// in the cloud.
package gateway
