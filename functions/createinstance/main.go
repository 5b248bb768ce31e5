// Command createinstance is the function of the operation CreateInstance behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.CreateInstance()) }
