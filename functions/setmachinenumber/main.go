// Command setmachinenumber is the function of the operation SetMachineNumber behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.SetMachineNumber()) }
