import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import net.minidev.json.parser.JSONParser;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.app.event.EventCartridge;
import org.apache.velocity.app.event.InvalidReferenceEventHandler;
import org.apache.velocity.context.Context;
import org.apache.velocity.util.introspection.Info;

/**
 * Renders one case a line: a JSON object (template, body, params, context, stageVariables) comes in on stdin, a JSON
 * object ({"out": text} or {"error": class name}) goes out on stdout. Runs from source: java -cp JARS VelocityOracle.java
 */
public class VelocityOracle {
  static Object parse(String text) throws Exception {
    return new JSONParser(JSONParser.MODE_PERMISSIVE).parse(text, JSONValue.defaultReader.DEFAULT_ORDERED);
  }

  /** The request as a template sees it: $input. */
  public static class Input {
    private final String body;
    private final Map<?, ?> params;
    private Object root;
    private boolean read;

    Input(String body, Map<?, ?> params) {
      this.body = body == null || body.isEmpty() ? "{}" : body;
      this.params = params;
    }

    private Object root() throws Exception {
      if (!read) root = parse(body);
      read = true;
      return root;
    }

    public String getBody() { return body; }

    public Object path(String path) throws Exception {
      try { return JsonPath.read(root(), path); } catch (PathNotFoundException missing) { return null; }
    }

    public String json(String path) throws Exception {
      try {
        return JSONValue.toJSONString(JsonPath.read(root(), path), JSONStyle.LT_COMPRESS);
      } catch (PathNotFoundException missing) {
        return "\"\"";
      }
    }

    @Override public String toString() { return ""; }

    public Object params() { return params; }

    public Object params(String name) {
      for (String place : new String[] {"path", "querystring", "header"}) {
        Object values = params.get(place);
        if (values instanceof Map && ((Map<?, ?>) values).containsKey(name)) return ((Map<?, ?>) values).get(name);
      }
      return "";
    }
  }

  /** $util. */
  public static class Util {
    public String escapeJavaScript(Object o) { return o == null ? null : StringEscapeUtils.escapeJavaScript(o.toString()); }
    public Object parseJson(String s) throws Exception { return parse(s); }
    @Override public String toString() { return ""; }
    public String urlEncode(String s) throws Exception { return URLEncoder.encode(s, "UTF-8"); }
    public String urlDecode(String s) throws Exception { return URLDecoder.decode(s, "UTF-8"); }
    public String base64Encode(Object o) { return Base64.getEncoder().encodeToString(o.toString().getBytes(StandardCharsets.UTF_8)); }
    public String base64Decode(String s) { return new String(Base64.getDecoder().decode(s), StandardCharsets.UTF_8); }
  }

  /**
   * An unresolved reference is the empty string. With this one handler Velocity prints all of what the recordings in
   * tests/data/recorded say of such references: printed, compared and true in #if.
   */
  static class UnresolvedIsEmpty implements InvalidReferenceEventHandler {
    public Object invalidGetMethod(Context context, String reference, Object object, String property, Info info) { return ""; }
    public boolean invalidSetMethod(Context context, String left, String right, Info info) { return false; }
    public Object invalidMethod(Context context, String reference, Object object, String method, Info info) { return ""; }
  }

  static Object orEmpty(Object map) { return map == null ? new LinkedHashMap<String, Object>() : map; }

  static String render(Map<?, ?> request) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.setProperty("velocimacro.permissions.allow.inline.local.scope", "true");
    engine.init();
    VelocityContext context = new VelocityContext();
    context.put("input", new Input((String) request.get("body"), (Map<?, ?>) orEmpty(request.get("params"))));
    context.put("util", new Util());
    context.put("context", orEmpty(request.get("context")));
    context.put("stageVariables", orEmpty(request.get("stageVariables")));
    EventCartridge cartridge = new EventCartridge();
    cartridge.addEventHandler(new UnresolvedIsEmpty());
    cartridge.attachToContext(context);
    StringWriter out = new StringWriter();
    engine.evaluate(context, out, "template", (String) request.get("template"));
    return out.toString();
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    for (String line; (line = lines.readLine()) != null; ) {
      Map<String, Object> answer = new LinkedHashMap<>();
      try {
        answer.put("out", render((Map<?, ?>) parse(line)));
      } catch (Throwable failure) {
        answer.put("error", failure.getClass().getSimpleName());
      }
      answers.println(JSONValue.toJSONString(answer, JSONStyle.NO_COMPRESS));
    }
  }
}
