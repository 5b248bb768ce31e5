// Command releaseinstance is the function of the operation ReleaseInstance behind API Gateway.
package main

import "aegis/shared/function"

func main() { function.Start(function.ReleaseInstance()) }
