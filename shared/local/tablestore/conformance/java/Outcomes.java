import com.alicloud.openservices.tablestore.SyncClient;
import com.alicloud.openservices.tablestore.common.ServiceSettings;
import com.alicloud.openservices.tablestore.model.DeleteTableRequest;
import java.io.FileOutputStream;
import java.io.PrintStream;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** Runs a test class of the Java SDK and appends a line for each test: name, outcome. */
public class Outcomes extends RunListener {
    private final PrintStream results;
    private boolean failed;

    private Outcomes(PrintStream results) {
        this.results = results;
    }

    public static void main(String[] args) throws Exception {
        JUnitCore core = new JUnitCore();
        core.addListener(new Outcomes(new PrintStream(new FileOutputStream(args[0], true))));
        for (String name : new String[] {"local", "internal"}) {
            empty(name);
        }
        core.run(Request.aClass(Class.forName(args[1])));
        System.exit(0); // clients of the tests may still run
    }

    /** Deletes all tables: most test classes expect an empty instance. */
    private static void empty(String instance) {
        ServiceSettings to = ServiceSettings.load();
        SyncClient client = new SyncClient(to.getOTSEndpoint(), to.getOTSAccessKeyId(), to.getOTSAccessKeySecret(), instance);
        for (String table : client.listTable().getTableNames()) {
            client.deleteTable(new DeleteTableRequest(table));
        }
        client.shutdown();
    }

    @Override
    public void testStarted(Description test) {
        failed = false;
    }

    @Override
    public void testFailure(Failure failure) {
        failed = true;
        failure.getException().printStackTrace();
        if (failure.getDescription().getMethodName() == null) {
            report(failure.getDescription(), "fail"); // what comes before the class's tests
        }
    }

    @Override
    public void testFinished(Description test) {
        report(test, failed ? "fail" : "pass");
    }

    @Override
    public void testIgnored(Description test) {
        report(test, "skip");
    }

    private void report(Description test, String outcome) {
        String name = test.getClassName().substring(test.getClassName().lastIndexOf('.') + 1);
        results.println(name + (test.getMethodName() == null ? "" : "." + test.getMethodName()) + "\t" + outcome);
    }
}
