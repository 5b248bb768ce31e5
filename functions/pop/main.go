// Command pop is the function of all operations behind one POP endpoint, an HTTP
// trigger, which unmodified Alibaba Cloud SDKs call.
package main

import "aegis/shared/function"

func main() { function.Start(function.All()...) }
