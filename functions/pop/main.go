// Command pop is the function of all operations behind one POP endpoint, an HTTP
// trigger, which unmodified Alibaba Cloud SDKs call.
package main

import (
	"aegis/shared/api"
	"aegis/shared/app"
)

func main() { app.Start(api.All()...) }
