"""API Gateway's mapping templates: Velocity 1.7 as closures, with ``$input``, ``$util``, ``$context``.

>>> from clickstream_local.vtl import MappingTemplate
>>> MappingTemplate("Hello $input.path('$.name')").render(body='{"name": "Ada"}')
'Hello Ada'
"""

from clickstream_local.vtl.errors import VtlError, VtlLimitError, VtlRuntimeError, VtlSyntaxError
from clickstream_local.vtl.template import MappingTemplate

__all__ = ["MappingTemplate", "VtlError", "VtlLimitError", "VtlRuntimeError", "VtlSyntaxError"]
