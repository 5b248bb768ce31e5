locals {
  https = var.certificate_id != ""
}

resource "alicloud_resource_manager_service_linked_role" "invoke" {
  count        = var.service_role ? 1 : 0
  service_name = "invokefc.nativeapigw.aliyuncs.com"
}

resource "alicloud_apig_gateway" "this" {
  gateway_name = var.name
  gateway_type = "API"
  payment_type = "PayAsYouGo"
  spec         = "apigw.small.x1"

  network_access_config {
    type = "Internet"
  }

  zone_config {
    select_option = "Auto"
  }

  vpc {
    vpc_id = var.vpc_id
  }

  vswitch {
    vswitch_id = var.vswitch_id
  }

  log_config {
    sls {
      enable = false
    }
  }
}

resource "alicloud_apig_domain" "this" {
  domain_name     = var.domain
  gateway_type    = "API"
  protocol        = local.https ? "HTTPS" : "HTTP"
  force_https     = local.https ? false : null # true answers a POST with a redirect, which loses its body
  cert_identifier = local.https ? var.certificate_id : null
  tls_min         = local.https ? "TLS 1.2" : null
  tls_max         = local.https ? "TLS 1.3" : null
}

# An API of type Http has routes of its own. One of type Rest has a base path, which may be
# cut off.
resource "alicloud_apig_http_api" "this" {
  http_api_name = var.name
  type          = "Http"
  protocols     = local.https ? ["HTTP", "HTTPS"] : ["HTTP"]
}

# A service's name is the function's.
resource "alicloud_apig_service" "function" {
  for_each     = toset(values(var.routes))
  gateway_id   = alicloud_apig_gateway.this.id
  source_type  = "FC3"
  service_name = each.key
  qualifier    = var.qualifier
  depends_on   = [alicloud_resource_manager_service_linked_role.invoke]
}

# Exact paths and no rewriting: signature version 3 signs the path.
resource "alicloud_apig_route" "operation" {
  for_each    = var.routes
  http_api_id = alicloud_apig_http_api.this.id
  route_name  = each.key == "/" ? "root" : replace(lower(trimprefix(each.key, "/")), "/", "-")
  domain_ids  = [alicloud_apig_domain.this.id]

  environment_info {
    environment_id = alicloud_apig_gateway.this.environments[0].environment_id
  }

  match {
    methods         = each.key == "/market/spi" ? ["GET"] : ["GET", "POST"]
    ignore_uri_case = false
    path {
      type  = "Exact"
      value = each.key
    }
  }

  backend {
    scene = "SingleService"
    services {
      service_id = alicloud_apig_service.function[each.value].id
    }
  }
}

# A route serves nothing before DeployHttpApi, which no resource of the provider calls. The
# deployer does, for each of these.
output "routes" {
  value = { for path, route in alicloud_apig_route.operation : path => { api = route.http_api_id, route = route.route_id } }
}
