package dev.freefleet.bench.spring;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.util.unit.DataSize;

/** One route to the origin, through the local response cache. */
@SpringBootApplication(proxyBeanMethods = false)
public class SpringCloudGateway {
    public static void main(String[] args) {
        SpringApplication.run(SpringCloudGateway.class, args);
    }

    @Bean
    RouteLocator routes(
            RouteLocatorBuilder routes,
            @Value("${bench.origin}") String origin,
            @Value("${bench.cache}") DataSize cacheSize) {
        return routes.routes()
                .route(
                        "origin",
                        route -> route.path("/**")
                                .filters(filters -> filters.localResponseCache(Duration.ofHours(1), cacheSize))
                                .uri(origin))
                .build();
    }
}
