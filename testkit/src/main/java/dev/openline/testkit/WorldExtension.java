package dev.openline.testkit;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives each JUnit test that has a {@link World} as its parameter one of its own. Its seed is the property {@code openline.seed}, or 1; a test that
 * fails is told with its seed and its story.
 */
public final class WorldExtension implements ParameterResolver, AfterEachCallback, TestExecutionExceptionHandler {
    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(WorldExtension.class);

    /** For JUnit. */
    public WorldExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == World.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        World there = context.getStore(HERE).get(World.class, World.class);
        // What comes before a test has the same world as the test.
        if (there != null) return there;
        World world = World.of(Long.getLong("openline.seed", 1));
        world.story();
        context.getStore(HERE).put(World.class, world);
        return world;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable fault) throws Throwable {
        World world = context.getStore(HERE).get(World.class, World.class);
        if (world != null)
            fault.addSuppressed(new AssertionError("with -Dopenline.seed=" + world.seed() + ":\n" + world.story()));
        throw fault;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        World world = context.getStore(HERE).remove(World.class, World.class);
        if (world != null) world.close();
    }
}
