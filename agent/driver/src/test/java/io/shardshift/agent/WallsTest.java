package io.shardshift.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.concurrent.Executors;

/** The protocol's code in the agent touches the world through its ports only, so that a simulator can run it. */
@AnalyzeClasses(packages = "io.shardshift.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
    private static final String[] PROTOCOL = {"..agent.transaction..", "..agent.routes.."};

    @ArchTest
    static final ArchRule OPENS_NO_CONNECTION = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(DriverManager.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.zaxxer..", "com.mysql..", "org.apache.curator..", "org.apache.zookeeper..", "javax.sql..");

    @ArchTest
    static final ArchRule STARTS_NO_THREAD = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Executors.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ExecutorService")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.CompletableFuture")
            .orShould()
            .callMethod(Thread.class, "start")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule READS_NO_CLOCK = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule ANALYSIS_IS_NO_JDBC = noClasses()
            .that()
            .resideInAPackage("..agent.sql..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..", "javax.sql..", "com.mysql..", "..agent.jdbc..", "..agent.transaction..", "..shard..");

    @ArchTest
    static final ArchRule DEPENDENCIES_POINT_ONE_WAY = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..agent.jdbc..");

    /** An application catches what JDBC declares, and nothing else of ours is on its class path by name. */
    @ArchTest
    static final ArchRule ONLY_SQL_EXCEPTIONS_LEAVE = methods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("..agent.jdbc..")
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .arePublic()
            .should(new ArchCondition<JavaMethod>("declare no checked exception but SQLException") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    for (JavaClass thrown : method.getExceptionTypes()) {
                        boolean allowed = thrown.isAssignableTo(SQLException.class);
                        events.add(new SimpleConditionEvent(
                                method, allowed, method.getFullName() + " throws " + thrown.getName()));
                    }
                }
            });

    private WallsTest() {}
}
