#ifndef FASTKV_CLIENTS_CPP_SERVICE_CONFIG_H_
#define FASTKV_CLIENTS_CPP_SERVICE_CONFIG_H_

namespace fastkv {

// proto/fastkv/v1/service_config_request_ids.json, which says what is sent
// again by a client that gives a request_id to what is not idempotent; but for
// pipelines, of which nothing is sent again.
extern const char kServiceConfig[];

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_SERVICE_CONFIG_H_
