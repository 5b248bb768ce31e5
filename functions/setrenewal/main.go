// Command setrenewal is the function of the operation SetRenewal behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.SetRenewal()) }
