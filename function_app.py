"""The function app: its blueprints, and nothing else."""

import azure.functions as func

from blueprints import analysis, candidates, intake, operations

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
for module in (analysis, candidates, intake, operations):
    app.register_functions(module.blueprint)
