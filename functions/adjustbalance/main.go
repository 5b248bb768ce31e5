// Command adjustbalance is the function of the operation AdjustBalance behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.AdjustBalance()) }
