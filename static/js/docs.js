// The interactive API page: swagger-ui over our own OpenAPI description.
/* global SwaggerUIBundle */
window.addEventListener("DOMContentLoaded", () => {
  // @ts-expect-error the bundle is a plain script that defines a global
  SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", validatorUrl: null, deepLinking: true });
});
