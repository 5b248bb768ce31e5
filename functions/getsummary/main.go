// Command getsummary is the function of the operation GetSummary behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.GetSummary()) }
